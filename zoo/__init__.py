"""Training programs that are healthy, or carry a known fault: what losscompass is measured on. See README.md."""
