"""What every room stands on: settings, errors, logs, time zones, and what holds for all requests."""
