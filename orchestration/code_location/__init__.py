"""What Dagster loads: assets, jobs, schedules and sensors of one installation."""
