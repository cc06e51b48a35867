"""The register: a projection of all topics into SQL, from which `status`, `owes` and the web door read; it computes no deadlines."""
