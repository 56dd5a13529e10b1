package main

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	side "../go_side"
)

func (l *library) Prepare(operation string) (side.Operation, error) {
	run, instrument, sample := loop(operation)
	if run == nil {
		return side.Operation{}, fmt.Errorf("cannot do operation %q", operation)
	}
	counted := func() (float64, error) { return l.count(sample) }
	return side.Operation{Run: run, Counted: counted}, l.registry.Register(instrument)
}

func loop(operation string) (run func(int), instrument prometheus.Collector, sample string) {
	counter := prometheus.NewCounterVec(
		prometheus.CounterOpts{Name: side.Counter, Help: "Operations."}, side.LabelNames,
	)
	classic := prometheus.HistogramOpts{
		Name: side.Histogram, Help: "How long.", Buckets: prometheus.DefBuckets,
	}
	native := prometheus.HistogramOpts{
		Name: side.Histogram, Help: "How long.", NativeHistogramBucketFactor: 1.1,
	}
	first := side.LabelValues[0][:]

	switch operation {
	case "kept":
		child := counter.WithLabelValues(first...)
		return func(times int) {
			for i := 0; i < times; i++ {
				child.Inc()
			}
		}, counter, side.Counter
	case "values":
		return func(times int) {
			for i := 0; i < times; i++ {
				v := &side.LabelValues[i&15]
				counter.WithLabelValues(v[0], v[1], v[2]).Inc()
			}
		}, counter, side.Counter
	case "object":
		return func(times int) {
			for i := 0; i < times; i++ {
				v := &side.LabelValues[i&15]
				counter.With(prometheus.Labels{
					"method": v[0], "route": v[1], "status": v[2],
				}).Inc()
			}
		}, counter, side.Counter
	case "observe", "native":
		options := classic
		if operation == "native" {
			options = native
		}
		histogram := prometheus.NewHistogramVec(options, side.LabelNames)
		child := histogram.WithLabelValues(first...)
		return func(times int) {
			for i := 0; i < times; i++ {
				child.Observe(side.Observations[i&1023])
			}
		}, histogram, side.Histogram
	default:
		return nil, nil, ""
	}
}
