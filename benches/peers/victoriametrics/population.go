package main

import (
	"fmt"
	"math"
	"strconv"

	"github.com/VictoriaMetrics/metrics"

	side "../go_side"
)

// The metrics of a workload.
type population struct {
	workload *side.Workload
	// Functions that add to the counters, by family and series.
	add [][]func()
}

func newPopulation(set *metrics.Set, w *side.Workload) (*population, error) {
	if w.Kind != "counter" {
		return nil, fmt.Errorf("cannot build %q", w.Kind)
	}
	p := &population{workload: w}
	for _, family := range w.Families {
		add := make([]func(), len(w.Series))
		for i, series := range w.Series {
			name := seriesName(family.Name, w.Labels, series.Values)
			add[i] = newCounter(set, name, series.Start+family.Offset, family.Step)
		}
		p.add = append(p.add, add)
	}
	return p, nil
}

// Creates a counter, of integers where that is enough, because these are faster.
func newCounter(set *metrics.Set, name string, value, step float64) func() {
	if value == math.Trunc(value) && step == math.Trunc(step) {
		counter := set.NewCounter(name)
		counter.Set(uint64(value))
		return func() { counter.Add(int(step)) }
	}
	counter := set.NewFloatCounter(name)
	counter.Set(value)
	return func() { counter.Add(step) }
}

func (p *population) change(s side.Selection) {
	s.Each(p.workload, func(f, i int) { p.add[f][i]() })
}

// Returns the name of a series, which the library expects with its labels.
func seriesName(family string, labels, values []string) string {
	var space [128]byte
	name := append(space[:0], family...)
	separator := byte('{')
	for i, label := range labels {
		name = append(name, separator)
		separator = ','
		name = append(name, label...)
		name = append(name, '=')
		name = strconv.AppendQuote(name, values[i])
	}
	return string(append(name, '}'))
}
