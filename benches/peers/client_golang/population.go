package main

import (
	"github.com/prometheus/client_golang/prometheus"

	side "../go_side"
)

// The metrics of a workload.
type population struct {
	workload *side.Workload
	changes  int
	counters [][]prometheus.Counter
	// Histograms, if the workload has them.
	observers [][]prometheus.Observer
	// The values of metrics that are created at each scrape.
	values [][]float64
}

func newPopulation(registry *prometheus.Registry, w *side.Workload) (*population, error) {
	p := &population{workload: w}
	for _, family := range w.Families {
		switch w.Kind {
		case "counter":
			vector := prometheus.NewCounterVec(
				prometheus.CounterOpts{Name: family.Name, Help: family.Help}, w.Labels,
			)
			if err := registry.Register(vector); err != nil {
				return nil, err
			}
			children := make([]prometheus.Counter, len(w.Series))
			for i, series := range w.Series {
				children[i] = vector.WithLabelValues(series.Values...)
				children[i].Add(series.Start + family.Offset)
			}
			p.counters = append(p.counters, children)
		case "histogram":
			vector := prometheus.NewHistogramVec(prometheus.HistogramOpts{
				Name: family.Name, Help: family.Help, Buckets: w.Buckets,
			}, w.Labels)
			if err := registry.Register(vector); err != nil {
				return nil, err
			}
			children := make([]prometheus.Observer, len(w.Series))
			for i, series := range w.Series {
				children[i] = vector.WithLabelValues(series.Values...)
				children[i].Observe(w.Observations[i%len(w.Observations)])
			}
			p.observers = append(p.observers, children)
		case "fresh", "declared":
			values := make([]float64, len(w.Series))
			for i, series := range w.Series {
				values[i] = series.Start + family.Offset
			}
			p.values = append(p.values, values)
		}
	}
	if w.Kind == "fresh" || w.Kind == "declared" {
		return p, registry.Register(newCollector(p))
	}
	return p, nil
}

func (p *population) change(s side.Selection) {
	p.changes++
	w := p.workload
	s.Each(w, func(f, i int) {
		switch w.Kind {
		case "counter":
			p.counters[f][i].Add(w.Families[f].Step + s.Extra(i))
		case "histogram":
			p.observers[f][i].Observe(w.Observations[(i+p.changes)%len(w.Observations)])
		case "fresh", "declared":
			p.values[f][i] += w.Families[f].Step + s.Extra(i)
		}
	})
}

// A collector that creates all samples at each scrape.
type collector struct {
	population   *population
	descriptions []*prometheus.Desc
}

func newCollector(p *population) *collector {
	c := &collector{population: p}
	for _, family := range p.workload.Families {
		c.descriptions = append(
			c.descriptions,
			prometheus.NewDesc(family.Name, family.Help, p.workload.Labels, nil),
		)
	}
	return c
}

func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for _, description := range c.descriptions {
		to <- description
	}
}

func (c *collector) Collect(to chan<- prometheus.Metric) {
	for f, description := range c.descriptions {
		for i, series := range c.population.workload.Series {
			to <- prometheus.MustNewConstMetric(
				description, prometheus.CounterValue, c.population.values[f][i], series.Values...,
			)
		}
	}
}
