package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestAFileIsReplacedWholeOrNotAtAll(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "links.html")
	write := func(text string, fails error) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return errors.Join(err, fails)
		}
	}
	holds := func(want string) {
		t.Helper()
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("it holds %q: %v, want %q", got, err, want)
		}
		if left, err := filepath.Glob(filepath.Join(folder, "*.part")); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v: %v", left, err)
		}
	}
	if err := replaceFile(path, write("old", nil)); err != nil {
		t.Fatal(err)
	}
	holds("old")
	broken := errors.New("it broke off")
	if err := replaceFile(path, write("half", broken)); !errors.Is(err, broken) {
		t.Errorf("error is %v", err)
	}
	holds("old")
	if err := replaceFile(folder, write("no", nil)); err == nil {
		t.Error("a folder was replaced")
	}
	if runtime.GOOS == "windows" {
		return
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(folder, "link.html")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := replaceFile(link, write("new", nil)); err != nil {
		t.Fatal(err)
	}
	holds("new")
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the symbolic link is %v: %v", info, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the file's mode is %v: %v", info.Mode(), err)
	}
	// A device stays one.
	if err := replaceFile(os.DevNull, write("gone", nil)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatalf("%s is %v: %v", os.DevNull, info.Mode(), err)
	}
}
