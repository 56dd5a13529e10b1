// VictoriaMetrics' client in the comparison.
package main

import (
	"io"

	"github.com/VictoriaMetrics/metrics"

	side "../go_side"
)

type library struct {
	set        *metrics.Set
	population *population
}

func main() {
	side.Run(&library{set: metrics.NewSet()})
}

// It has no collectors, and histograms with ranges of its own.
func (l *library) Abilities() side.Abilities {
	return side.Abilities{Kinds: []string{"counter"}, Operations: []string{"kept", "values"}}
}

func (l *library) Build(w *side.Workload) (err error) {
	l.population, err = newPopulation(l.set, w)
	return err
}

func (l *library) Change(s side.Selection) {
	l.population.change(s)
}

func (l *library) Render(w io.Writer) error {
	l.set.WritePrometheus(w)
	return nil
}
