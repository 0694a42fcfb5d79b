"""`make bench`: figures that say what the system costs, as ratios made side by side in one run."""
