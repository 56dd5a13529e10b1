package main

import (
	"github.com/prometheus/client_golang/prometheus"
)

type workload struct {
	Kind     string   `json:"kind"`
	Labels   []string `json:"labels"`
	Families []struct {
		Name   string  `json:"name"`
		Help   string  `json:"help"`
		Offset float64 `json:"offset"`
		Step   float64 `json:"step"`
	} `json:"families"`
	Series []struct {
		Values []string `json:"values"`
		Start  float64  `json:"start"`
	} `json:"series"`
	Buckets      []float64 `json:"buckets"`
	Observations []float64 `json:"observations"`
}

type selection struct {
	From  int `json:"from"`
	To    int `json:"to"`
	Every int `json:"every"`
	Phase int `json:"phase"`
}

// The metrics of a workload.
type population struct {
	workload *workload
	changes  int
	counters [][]prometheus.Counter
	// Histograms, if the workload has them.
	observers [][]prometheus.Observer
	// The values of metrics that are created at each scrape.
	values [][]float64
}

func newPopulation(registry *prometheus.Registry, w *workload) (*population, error) {
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

func (p *population) change(s selection) {
	p.changes++
	w := p.workload
	for f := s.From; f < s.To; f++ {
		step := w.Families[f].Step
		for i := ((s.Phase-f)%s.Every + s.Every) % s.Every; i < len(w.Series); i += s.Every {
			switch w.Kind {
			case "counter":
				p.counters[f][i].Add(step)
			case "histogram":
				p.observers[f][i].Observe(w.Observations[(i+p.changes)%len(w.Observations)])
			case "fresh", "declared":
				p.values[f][i] += step
			}
		}
	}
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
