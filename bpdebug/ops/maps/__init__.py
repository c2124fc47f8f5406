"""Index maps: which scalar multiplications an edge is made of, a file for each kind."""
