package e2e_test

import (
	"flag"
	"math/rand/v2"
	"time"
)

// What the runs of faults are made of. The short form is for every day, and the long one in README.md.
var (
	seedOfRuns = flag.Uint64("seed", 0, "seed of the random moments of runs; 0 takes a new one")
	kills      = flag.Int("kills", 2, "how often runs kill each process; 100 is the long form")
	links      = flag.Int("links", 120, "how many links runs that kill save; 20000 is the long form")
)

// drawn returns what a run draws its moments from, and its seed, for the line of figures.
func drawn() (seed uint64, moments *rand.Rand) {
	seed = *seedOfRuns
	if seed == 0 {
		seed = rand.Uint64()
	}
	return seed, rand.New(rand.NewPCG(seed, 0))
}

// moment is a random time up to the longest.
func moment(moments *rand.Rand, longest time.Duration) time.Duration {
	return time.Duration(moments.Int64N(int64(longest)))
}
