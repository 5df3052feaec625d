"""Running the examples of packages in the sandbox, and judging outside it whether they do what their documentation shows."""
