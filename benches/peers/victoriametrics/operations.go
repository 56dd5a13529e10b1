package main

import (
	"bufio"
	"bytes"
	"fmt"
	"strconv"
	"strings"

	side "../go_side"
)

func (l *library) Prepare(operation string) (side.Operation, error) {
	counted := func() (float64, error) { return l.count(side.Counter) }
	switch operation {
	case "kept":
		first := side.LabelValues[0][:]
		counter := l.set.NewCounter(seriesName(side.Counter, side.LabelNames, first))
		return side.Operation{Counted: counted, Run: func(times int) {
			for i := 0; i < times; i++ {
				counter.Inc()
			}
		}}, nil
	case "values":
		return side.Operation{Counted: counted, Run: func(times int) {
			for i := 0; i < times; i++ {
				v := side.LabelValues[i&15][:]
				l.set.GetOrCreateCounter(seriesName(side.Counter, side.LabelNames, v)).Inc()
			}
		}}, nil
	default:
		return side.Operation{}, fmt.Errorf("cannot do operation %q", operation)
	}
}

// Returns the sum of all exposed samples with a name.
func (l *library) count(name string) (float64, error) {
	var text bytes.Buffer
	l.set.WritePrometheus(&text)
	sum := 0.0
	for lines := bufio.NewScanner(&text); lines.Scan(); {
		line := lines.Text()
		if !strings.HasPrefix(line, name+"{") {
			continue
		}
		value, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
		if err != nil {
			return 0, err
		}
		sum += value
	}
	return sum, nil
}
