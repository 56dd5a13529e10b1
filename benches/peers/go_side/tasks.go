package side

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

const mostRuns = 10_000

// Writes the result of a task into a file.
func dump(library Library, task, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	switch task {
	case "render":
		return library.Render(file)
	case "gzip":
		return writeGzip(library.Handler(), file)
	case "protobuf":
		return writeProtobuf(library.Handler(), file)
	default:
		return fmt.Errorf("cannot write the result of %q", task)
	}
}

// Writes the body of the response to a request that accepts gzip.
func writeGzip(handler http.Handler, w io.Writer) error {
	headers, err := serve(handler, "Accept-Encoding", "gzip", w)
	if coding := headers.Get("Content-Encoding"); err == nil && coding != "gzip" {
		return fmt.Errorf("cannot get gzip: the coding is %q", coding)
	}
	return err
}

const protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

// Writes the body of the response to a request that accepts protobuf.
func writeProtobuf(handler http.Handler, w io.Writer) error {
	headers, err := serve(handler, "Accept", protobuf, w)
	if kind := headers.Get("Content-Type"); err == nil && !strings.HasPrefix(kind, "application/vnd.google.protobuf") {
		return fmt.Errorf("cannot get protobuf: the type is %q", kind)
	}
	return err
}

// Answers a request with one header, and returns the headers of the response.
func serve(handler http.Handler, name, value string, w io.Writer) (http.Header, error) {
	response := bodyWriter{header: http.Header{}, body: w}
	request, err := http.NewRequest("GET", "/metrics", nil)
	if err != nil {
		return response.header, err
	}
	request.Header.Set(name, value)
	handler.ServeHTTP(response, request)
	return response.header, nil
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

// Returns a function that does a task and returns the size of its result.
func prepareTask(library Library, r request) (func() (int, error), error) {
	switch r.Task {
	case "render":
		// The first run grows it, so that the runs that count do not.
		var buffer bytes.Buffer
		return func() (int, error) {
			buffer.Reset()
			err := library.Render(&buffer)
			return buffer.Len(), err
		}, nil
	case "gzip", "protobuf":
		handler := library.Handler()
		write := writeGzip
		if r.Task == "protobuf" {
			write = writeProtobuf
		}
		return func() (int, error) {
			var discarded discard
			err := write(handler, &discarded)
			return int(discarded), err
		}, nil
	case "parse":
		parser, parses := library.(Parser)
		if !parses {
			break
		}
		text, err := os.ReadFile(r.Path)
		return func() (int, error) { return parser.Parse(bytes.NewReader(text)) }, err
	}
	return nil, fmt.Errorf("cannot time %q", r.Task)
}

// Repeats a task. Before each run, the next selection changes.
func timeTask(library Library, r request) (reply, error) {
	task, err := prepareTask(library, r)
	if err != nil {
		return nil, err
	}
	size := 0
	times := []float64{}
	var end time.Time
	for run := 0; len(times) < mostRuns; run++ {
		if len(r.Selections) > 0 {
			library.Change(r.Selections[run%len(r.Selections)])
		}
		start := time.Now()
		if run == r.WarmUp {
			end = start.Add(time.Duration(r.Seconds * float64(time.Second)))
		}
		if size, err = task(); err != nil {
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
