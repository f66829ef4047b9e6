package imports

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"
	"unicode/utf8"
)

// Upload is a request's body: a file, or a form of a page with a file in it. It may take as long as it needs, but not stand
// still.
type Upload struct {
	from        io.Reader
	contentType string
	extend      func(time.Time) error
	began       time.Time
}

const (
	// uploadStill is how long an upload may stand still.
	uploadStill = 30 * time.Second
	// uploadTime is how long it may take.
	uploadTime = time.Hour
	// maxName is the longest name of a file that is kept, in bytes.
	maxName = 200
	// maxFields and maxField bound what a form says before its file: how many fields, and how long each, in bytes.
	maxFields = 20
	maxField  = 16 << 10
)

// UploadError means that an upload broke off, or is none.
type UploadError struct{ Problem string }

func (e *UploadError) Error() string { return e.Problem }

// File is what an upload holds. Reading it fails with an *UploadError if the upload breaks off, or with an
// *http.MaxBytesError after MaxBytes.
type File struct {
	io.Reader
	// Name is the file's, where a form tells one that can be kept.
	Name string
	// Fields are what a form says before its file, in the order of the page.
	Fields url.Values
}

// NewUpload takes hold of a request's body, which may be longer than any other.
func NewUpload(w http.ResponseWriter, r *http.Request) *Upload {
	return &Upload{
		from: http.MaxBytesReader(w, r.Body, MaxBytes), extend: http.NewResponseController(w).SetReadDeadline,
		contentType: r.Header.Get("Content-Type"), began: time.Now(),
	}
}

// File reads up to where the file begins. It fails with an *UploadError or an *http.MaxBytesError.
func (u *Upload) File() (File, error) {
	kind, parameters, _ := mime.ParseMediaType(u.contentType) // what cannot be read is no form
	if kind != "multipart/form-data" {
		return File{Reader: u}, nil
	}
	fields := url.Values{}
	parts := multipart.NewReader(u, parameters["boundary"])
	for read := 0; ; read++ {
		part, err := parts.NextRawPart()
		switch {
		case errors.Is(err, io.EOF):
			return File{}, &UploadError{"the form has no file in it"}
		case err != nil:
			return File{}, formError(err)
		case part.FileName() != "":
			return File{Reader: part, Name: kept(part.FileName()), Fields: fields}, nil
		case read == maxFields:
			return File{}, &UploadError{fmt.Sprintf("the form has more than %d fields before its file", maxFields)}
		}
		value, err := io.ReadAll(io.LimitReader(part, maxField+1))
		switch {
		case err != nil:
			return File{}, formError(err)
		case len(value) > maxField:
			return File{}, &UploadError{fmt.Sprintf("a field of the form is longer than %d KiB", maxField>>10)}
		}
		fields.Add(part.FormName(), string(value))
	}
}

// kept is a file's name if it can be kept, else empty.
func kept(name string) string {
	if !utf8.ValidString(name) || len(name) > maxName {
		return ""
	}
	return name
}

// formError is why a form cannot be read.
func formError(err error) error {
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return err
	}
	return &UploadError{"the form cannot be read"}
}

// Read implements io.Reader.
func (u *Upload) Read(p []byte) (int, error) {
	now := time.Now()
	deadline := now.Add(uploadStill)
	if end := u.began.Add(uploadTime); deadline.After(end) {
		deadline = end
	}
	_ = u.extend(deadline) // a connection without deadlines has no need of it
	n, err := u.from.Read(p)
	var long *http.MaxBytesError
	if err == nil || errors.Is(err, io.EOF) || errors.As(err, &long) {
		return n, err
	}
	return n, &UploadError{"the file did not arrive as a whole; send it again"}
}
