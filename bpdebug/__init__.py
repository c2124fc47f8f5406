"""bpdebug: a step-through debugger for backpropagation, in the terminal."""
