"""What is known of sensors, of what they show, of computers and of applications: data with sources, and their loader."""
