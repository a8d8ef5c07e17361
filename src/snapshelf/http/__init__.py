"""What API and pages share over HTTP: who calls, how much, what was sent, and how a refusal looks."""
