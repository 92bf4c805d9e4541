"""What may go wrong, made to: kills, damaged files, readers beside a writer. Run by `eval.bench_faults`."""
