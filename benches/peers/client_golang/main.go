// client_golang in the comparison.
package main

import (
	"io"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/expfmt"

	side "../go_side"
)

type library struct {
	registry   *prometheus.Registry
	population *population
}

func main() {
	side.Run(&library{registry: prometheus.NewRegistry()})
}

func (l *library) Abilities() side.Abilities {
	return side.Abilities{
		Kinds:      []string{"counter", "histogram", "fresh", "declared"},
		Operations: []string{"kept", "values", "object", "observe", "native"},
		Resizes:    true,
		Protobuf:   true,
	}
}

func (l *library) Build(w *side.Workload) (err error) {
	l.population, err = newPopulation(l.registry, w)
	return err
}

func (l *library) Change(s side.Selection) {
	l.population.change(s)
}

// Renders the exposition like promhttp, but without HTTP.
func (l *library) Render(w io.Writer) error {
	families, err := l.registry.Gather()
	if err != nil {
		return err
	}
	for _, family := range families {
		if _, err := expfmt.MetricFamilyToText(w, family); err != nil {
			return err
		}
	}
	return nil
}

func (l *library) Handler() http.Handler {
	return promhttp.HandlerFor(l.registry, promhttp.HandlerOpts{})
}

func (l *library) Parse(text io.Reader) (int, error) {
	parser := newParser()
	families, err := parser.TextToMetricFamilies(text)
	count := 0
	for _, family := range families {
		count += len(family.Metric)
	}
	return count, err
}

// Returns the sum of all exposed samples with a name.
func (l *library) count(sample string) (float64, error) {
	families, err := l.registry.Gather()
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for _, family := range families {
		if !strings.HasPrefix(sample, family.GetName()) {
			continue
		}
		for _, metric := range family.Metric {
			sum += metric.GetCounter().GetValue() + float64(metric.GetHistogram().GetSampleCount())
		}
	}
	return sum, nil
}
