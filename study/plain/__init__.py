"""The same quantities measured by scripts of thirty lines that know nothing of the study: what `study selfcheck` compares with."""
