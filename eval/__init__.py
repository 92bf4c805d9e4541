"""Is it right? Data sets, metrics, runs and reports. Nothing in `index` or `qa` imports this."""
