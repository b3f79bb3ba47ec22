"""The test for sources that know no reporters: counts and exposure by quarter, several windows, two baselines."""
