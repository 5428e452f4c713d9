"""What it costs, measured: `make bench`. Ratios to a bare mutual-TLS gRPC echo of the same run are what counts."""
