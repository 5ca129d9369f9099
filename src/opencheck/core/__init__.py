"""The foundation of every other package: calendar, periods, time limits, outcomes, personal data, messages."""
