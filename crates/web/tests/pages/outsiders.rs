//! People from outside in the pages of the network.
