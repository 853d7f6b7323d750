"""How a figure came about: formulas with their values, out of the very measurements that the verdict was made of."""
