package side

import (
	"fmt"
	"math"
	"time"
)

const (
	batches = 5
	warmUp  = 200_000
)

// Operation is an operation of an instrument.
type Operation struct {
	// Run does it some times.
	Run func(times int)
	// Counted returns how often the exposition says that it was done.
	Counted func() (float64, error)
}

// Counter is the name of the counter, and Histogram that of the histogram.
const (
	Counter   = "operations_total"
	Histogram = "operation_seconds"
)

var (
	// LabelNames are the names of the labels.
	LabelNames = []string{"method", "route", "status"}
	// LabelValues are label values to cycle through.
	LabelValues [16][3]string
	// Observations are observations to cycle through.
	Observations [1024]float64
)

func init() {
	pick := func(condition bool, yes, no string) string {
		if condition {
			return yes
		}
		return no
	}
	for i := range LabelValues {
		LabelValues[i] = [3]string{
			pick(i%2 != 0, "GET", "POST"),
			fmt.Sprintf("/api/v1/orders/%d", i%8),
			pick(i%4 != 0, "200", "500"),
		}
	}
	for i := range Observations {
		Observations[i] = float64(i*7919%1024) / 100
	}
}

// Runs an operation in batches, for some seconds in total.
func operate(library Library, name string, seconds float64) (reply, error) {
	operation, err := library.Prepare(name)
	if err != nil {
		return nil, err
	}
	done := 0
	timed := func(count int) float64 {
		start := time.Now()
		operation.Run(count)
		done += count
		return float64(time.Since(start).Nanoseconds())
	}
	timed(warmUp)
	perRun := math.Max(timed(warmUp), 1e4)
	size := int(math.Ceil(warmUp * seconds * 1e9 / batches / perRun))
	times := make([]float64, batches)
	for i := range times {
		times[i] = timed(size) / float64(size)
	}
	counted, err := operation.Counted()
	return reply{"times": times, "done": done, "counted": counted}, err
}
