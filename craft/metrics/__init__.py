"""Prometheus metrics, on a port of their own (METRICS_PORT); without it nothing here is imported.

Each worker gathers in memory and adds up every two seconds (`batch`, `middleware`, `definitions`), looks at
what only the database knows (`gauges`), and writes into files that the server's first process serves
(`exposition`).
"""
