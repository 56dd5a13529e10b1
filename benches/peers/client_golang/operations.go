package main

import (
	"fmt"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	batches = 5
	warmUp  = 200_000
)

var (
	labelNames   = []string{"method", "route", "status"}
	labelValues  [16][3]string
	observations [1024]float64
)

func init() {
	pick := func(condition bool, yes, no string) string {
		if condition {
			return yes
		}
		return no
	}
	for i := range labelValues {
		labelValues[i] = [3]string{
			pick(i%2 != 0, "GET", "POST"),
			fmt.Sprintf("/api/v1/orders/%d", i%8),
			pick(i%4 != 0, "200", "500"),
		}
	}
	for i := range observations {
		observations[i] = float64(i*7919%1024) / 100
	}
}

// Runs an operation in batches, for some seconds in total.
func operate(registry *prometheus.Registry, operation string, seconds float64) (reply, error) {
	run, sample, err := loop(registry, operation)
	if err != nil {
		return nil, err
	}
	done := 0
	timed := func(count int) float64 {
		start := time.Now()
		run(count)
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
	counted, err := count(registry, sample)
	return reply{"times": times, "done": done, "counted": counted}, err
}

func loop(
	registry *prometheus.Registry, operation string,
) (run func(int), sample string, err error) {
	counter := prometheus.NewCounterVec(
		prometheus.CounterOpts{Name: "operations_total", Help: "Operations."}, labelNames,
	)
	classic := prometheus.HistogramOpts{
		Name: "operation_seconds", Help: "How long.", Buckets: prometheus.DefBuckets,
	}
	native := prometheus.HistogramOpts{
		Name: "operation_seconds", Help: "How long.", NativeHistogramBucketFactor: 1.1,
	}
	first := labelValues[0][:]

	switch operation {
	case "kept":
		child := counter.WithLabelValues(first...)
		return func(times int) {
			for i := 0; i < times; i++ {
				child.Inc()
			}
		}, "operations_total", registry.Register(counter)
	case "values":
		return func(times int) {
			for i := 0; i < times; i++ {
				v := &labelValues[i&15]
				counter.WithLabelValues(v[0], v[1], v[2]).Inc()
			}
		}, "operations_total", registry.Register(counter)
	case "object":
		return func(times int) {
			for i := 0; i < times; i++ {
				v := &labelValues[i&15]
				counter.With(prometheus.Labels{
					"method": v[0], "route": v[1], "status": v[2],
				}).Inc()
			}
		}, "operations_total", registry.Register(counter)
	case "observe", "native":
		options := classic
		if operation == "native" {
			options = native
		}
		histogram := prometheus.NewHistogramVec(options, labelNames)
		child := histogram.WithLabelValues(first...)
		return func(times int) {
			for i := 0; i < times; i++ {
				child.Observe(observations[i&1023])
			}
		}, "operation_seconds", registry.Register(histogram)
	default:
		return nil, "", fmt.Errorf("cannot do operation %q", operation)
	}
}
