"""What runs inside the measured interpreter."""
