"""The language: events, ids, edXML, states and the formats of reference data. Touches no machine, imports nothing of ours."""
