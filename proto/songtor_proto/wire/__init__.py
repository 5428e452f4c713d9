"""Made from proto/songtor/v1 by `make proto`: change the schemas, not these files."""
