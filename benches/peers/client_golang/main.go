// client_golang in the comparison: answers requests, one line of JSON each. The module
// ../../compare/protocol.ts defines them.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/expfmt"
)

const mostRuns = 10_000

type request struct {
	Do         string      `json:"do"`
	Workload   workload    `json:"workload"`
	Selection  selection   `json:"selection"`
	Selections []selection `json:"selections"`
	Task       string      `json:"task"`
	Path       string      `json:"path"`
	WarmUp     int         `json:"warmUp"`
	Least      int         `json:"least"`
	Seconds    float64     `json:"seconds"`
	Operation  string      `json:"operation"`
}

type reply map[string]any

type side struct {
	registry   *prometheus.Registry
	handler    http.Handler
	population *population
}

func main() {
	registry := prometheus.NewRegistry()
	s := &side{
		registry: registry,
		handler:  promhttp.HandlerFor(registry, promhttp.HandlerOpts{}),
	}
	input := bufio.NewReaderSize(os.Stdin, 1<<20)
	output := json.NewEncoder(os.Stdout)
	for {
		line, err := input.ReadBytes('\n')
		if err == io.EOF {
			return
		}
		var r request
		if err == nil {
			err = json.Unmarshal(line, &r)
		}
		var answer reply
		if err == nil {
			answer, err = s.answer(r)
		}
		if err != nil {
			output.Encode(map[string]any{"error": err.Error()})
		} else {
			output.Encode(map[string]any{"reply": answer})
		}
	}
}

func (s *side) answer(r request) (reply, error) {
	switch r.Do {
	case "hello":
		return reply{
			"produces":    "bytes",
			"runtime":     runtime.Version(),
			"kinds":       []string{"counter", "histogram", "fresh", "declared"},
			"tasks":       []string{"render", "gzip", "parse"},
			"operations":  []string{"kept", "values", "object", "observe", "native"},
			"serves":      true,
			"introspects": false,
		}, nil
	case "build":
		var err error
		s.population, err = newPopulation(s.registry, &r.Workload)
		return reply{}, err
	case "change":
		s.population.change(r.Selection)
		return reply{}, nil
	case "dump":
		file, err := os.Create(r.Path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		return reply{}, s.tasks()[r.Task](file)
	case "time":
		return s.time(r)
	case "serve":
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		mux := http.NewServeMux()
		mux.Handle("/metrics", s.handler)
		go http.Serve(listener, mux)
		return reply{"port": listener.Addr().(*net.TCPAddr).Port}, nil
	case "operate":
		return operate(s.registry, r.Operation, r.Seconds)
	default:
		return nil, fmt.Errorf("cannot do %q", r.Do)
	}
}

// The tasks whose result can be written.
func (s *side) tasks() map[string]func(io.Writer) error {
	return map[string]func(io.Writer) error{
		"render": s.render,
		"gzip":   s.gzip,
	}
}

// Renders the exposition like promhttp, but without HTTP.
func (s *side) render(w io.Writer) error {
	families, err := s.registry.Gather()
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

func (s *side) gzip(w io.Writer) error {
	response := bodyWriter{header: http.Header{}, body: w}
	request, err := http.NewRequest("GET", "/metrics", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept-Encoding", "gzip")
	s.handler.ServeHTTP(response, request)
	if coding := response.header.Get("Content-Encoding"); coding != "gzip" {
		return fmt.Errorf("cannot get gzip: the coding is %q", coding)
	}
	return nil
}

// A response writer that keeps only the body.
type bodyWriter struct {
	header http.Header
	body   io.Writer
}

func (w bodyWriter) Header() http.Header         { return w.header }
func (w bodyWriter) WriteHeader(int)             {}
func (w bodyWriter) Write(b []byte) (int, error) { return w.body.Write(b) }

// Counts bytes and discards them.
type discard int

func (d *discard) Write(b []byte) (int, error) {
	*d += discard(len(b))
	return len(b), nil
}

func (s *side) time(r request) (reply, error) {
	var text []byte
	if r.Path != "" {
		var err error
		if text, err = os.ReadFile(r.Path); err != nil {
			return nil, err
		}
	}
	var buffer bytes.Buffer
	var discarded discard
	size := 0
	task := func() error {
		if r.Task == "parse" {
			var parser expfmt.TextParser
			families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
			size = 0
			for _, family := range families {
				size += len(family.Metric)
			}
			return err
		}
		if r.Task == "gzip" {
			discarded = 0
			err := s.gzip(&discarded)
			size = int(discarded)
			return err
		}
		// The first run grows it, so that the runs that count do not.
		buffer.Reset()
		err := s.render(&buffer)
		size = buffer.Len()
		return err
	}
	times := []float64{}
	var end time.Time
	for run := 0; len(times) < mostRuns; run++ {
		if len(r.Selections) > 0 {
			s.population.change(r.Selections[run%len(r.Selections)])
		}
		start := time.Now()
		if run == r.WarmUp {
			end = start.Add(time.Duration(r.Seconds * float64(time.Second)))
		}
		if err := task(); err != nil {
			return nil, err
		}
		now := time.Now()
		if run < r.WarmUp {
			continue
		}
		times = append(times, now.Sub(start).Seconds()*1e3)
		if len(times) >= r.Least && !now.Before(end) {
			break
		}
	}
	return reply{"times": times, "size": size}, nil
}

// Returns the sum of all exposed samples with a name.
func count(registry *prometheus.Registry, sample string) (float64, error) {
	families, err := registry.Gather()
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
