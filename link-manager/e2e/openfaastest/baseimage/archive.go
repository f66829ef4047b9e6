//go:build openfaas

package baseimage

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// archive is the files of an image on their way to docker, as a tar stream. Names have no leading slash. Every file
// belongs to root unless owner says otherwise.
type archive struct {
	stream *tar.Writer
}

// writeArchive writes what fill puts into an archive.
func writeArchive(ctx context.Context, w io.Writer, fill func(context.Context, *archive) error) error {
	files := &archive{tar.NewWriter(w)}
	return errors.Join(fill(ctx, files), files.stream.Close())
}

// directory adds a directory of the user and group owner.
func (a *archive) directory(name string, mode int64, owner int) error {
	return a.stream.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: mode, Uid: owner, Gid: owner})
}

// link adds a symbolic link to target.
func (a *archive) link(name, target string) error {
	return a.stream.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target, Mode: 0o777})
}

// header begins a file, whose size bytes are written to the stream next.
func (a *archive) header(name string, mode, size int64) error {
	return a.stream.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: size})
}

// text adds a file that everybody can read.
func (a *archive) text(name, content string) error {
	if err := a.header(name, 0o644, int64(len(content))); err != nil {
		return err
	}
	_, err := io.WriteString(a.stream, content)
	return err
}

// file adds a copy of the file from, and follows it if it is a link.
func (a *archive) file(name, from string, mode int64) error {
	file, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := a.header(name, mode, info.Size()); err != nil {
		return err
	}
	if _, err := io.Copy(a.stream, file); err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	return nil
}

// tree adds copies of the files below the folder from, leaving out folders whose path in it leaveOut is true for.
func (a *archive) tree(name, from string, leaveOut func(folder string) bool) error {
	return filepath.WalkDir(from, func(found string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, found)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && leaveOut(filepath.ToSlash(inside)):
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return a.file(path.Join(name, filepath.ToSlash(inside)), found, int64(info.Mode().Perm()))
	})
}
