"""What it costs, measured: `make bench`. What counts are ratios to a bare gRPC echo of the same run."""
