"""IoTBench: tasks with references, hidden test cases and checklists, and how answers to them are scored."""
