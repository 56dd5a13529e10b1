// Package side is the part that the programs in Go have in common: it answers requests, one line of
// JSON each. The module ../../compare/protocol.ts defines them.
package side

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
)

// Abilities are what a library can do.
type Abilities struct {
	Kinds      []string
	Operations []string
	// Whether all counters can have fractions.
	Resizes bool
	// Whether the handler also serves protobuf.
	Protobuf bool
}

// Library is a library in the comparison.
type Library interface {
	Abilities() Abilities
	// Build creates the metrics of a workload.
	Build(w *Workload) error
	// Change changes series of the workload.
	Change(s Selection)
	// Render writes the exposition as text.
	Render(w io.Writer) error
	// Handler serves the exposition.
	Handler() http.Handler
	// Prepare creates the instrument of an operation.
	Prepare(operation string) (Operation, error)
}

// Parser is a library that also parses expositions.
type Parser interface {
	// Parse returns the number of metrics in a text.
	Parse(text io.Reader) (int, error)
}

type request struct {
	Do         string      `json:"do"`
	Workload   Workload    `json:"workload"`
	Selection  Selection   `json:"selection"`
	Selections []Selection `json:"selections"`
	Task       string      `json:"task"`
	Path       string      `json:"path"`
	WarmUp     int         `json:"warmUp"`
	Least      int         `json:"least"`
	Seconds    float64     `json:"seconds"`
	Operation  string      `json:"operation"`
}

type reply map[string]any

// Run answers the requests on standard input until it ends.
func Run(library Library) {
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
		var result reply
		if err == nil {
			result, err = answer(library, r)
		}
		if err != nil {
			output.Encode(map[string]any{"error": err.Error()})
		} else {
			output.Encode(map[string]any{"reply": result})
		}
	}
}

func answer(library Library, r request) (reply, error) {
	switch r.Do {
	case "hello":
		abilities := library.Abilities()
		tasks := []string{"render", "gzip"}
		if _, parses := library.(Parser); parses {
			tasks = append(tasks, "parse")
		}
		if abilities.Protobuf {
			tasks = append(tasks, "protobuf")
		}
		return reply{
			"produces":    "bytes",
			"runtime":     runtime.Version(),
			"kinds":       abilities.Kinds,
			"tasks":       tasks,
			"operations":  abilities.Operations,
			"serves":      true,
			"resizes":     abilities.Resizes,
			"introspects": false,
		}, nil
	case "build":
		return reply{}, library.Build(&r.Workload)
	case "change":
		library.Change(r.Selection)
		return reply{}, nil
	case "dump":
		return reply{}, dump(library, r.Task, r.Path)
	case "time":
		return timeTask(library, r)
	case "serve":
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		mux := http.NewServeMux()
		mux.Handle("/metrics", library.Handler())
		go http.Serve(listener, mux)
		return reply{"port": listener.Addr().(*net.TCPAddr).Port}, nil
	case "operate":
		return operate(library, r.Operation, r.Seconds)
	default:
		return nil, fmt.Errorf("cannot do %q", r.Do)
	}
}
