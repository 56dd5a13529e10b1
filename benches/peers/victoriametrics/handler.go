package main

import (
	"compress/gzip"
	"net/http"
	"strings"
	"sync"
)

// Compressors are reused, and have the default level, like those of promhttp.
var compressors = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// Serves the exposition. The library leaves responses and compression to the program.
func (l *library) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			l.set.WritePrometheus(w)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		compressor := compressors.Get().(*gzip.Writer)
		defer compressors.Put(compressor)
		compressor.Reset(w)
		defer compressor.Close()
		l.set.WritePrometheus(compressor)
	})
}
