"""Which functions make an error of the atlas happen: each raises what it is named for."""

MISHAPS = {}
PATIENCE_S = 60  # longer than whatever is waited for


def mishap(function):
    """Put it among them."""
    MISHAPS[function.__name__] = function
    return function
