"""What every other package builds on: calendar, periods, time limits, outcomes, personal data, messages."""
