//go:build openfaas

package baseimage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/gocommand"
)

// addModules adds a module proxy, at /modules, with what the module in the folder root depends on. It comes from this
// machine's module cache, which is laid out like a proxy.
func addModules(ctx context.Context, files *archive, root string) error {
	cache, err := gocommand.Run(ctx, root, "env", "GOMODCACHE")
	if err != nil {
		return err
	}
	cache = filepath.Join(cache, "cache", "download")
	modules, err := downloaded(ctx, root)
	if err != nil {
		return err
	}
	required, err := requirements(root, cache)
	if err != nil {
		return err
	}
	for _, file := range append(modules, required...) {
		name, err := filepath.Rel(cache, file)
		if err != nil {
			return err
		}
		if err := files.file(path.Join("modules", filepath.ToSlash(name)), file, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// downloaded is the cached files of the modules that code may be imported from.
func downloaded(ctx context.Context, root string) (files []string, err error) {
	listed, err := gocommand.Run(ctx, root, "mod", "download", "-json")
	if err != nil {
		return nil, err
	}
	for decoder := json.NewDecoder(strings.NewReader(listed)); ; {
		var module struct{ Info, Zip string }
		err := decoder.Decode(&module)
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read what go mod download says: %w", err)
		}
		files = append(files, module.Info, module.Zip)
	}
}

// requirements is every cached go.mod that go.sum knows. There are more of them than modules: to choose versions, Go also
// reads those of modules that nothing is imported from.
func requirements(root, cache string) (files []string, err error) {
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(sums)) {
		words := strings.Fields(line)
		if len(words) != 3 {
			return nil, fmt.Errorf("go.sum has a line %q", line)
		}
		version, isModule := strings.CutSuffix(words[1], "/go.mod")
		if !isModule {
			continue
		}
		file := filepath.Join(cache, escape(words[0]), "@v", escape(version)+".mod")
		switch _, err := os.Stat(file); {
		case errors.Is(err, fs.ErrNotExist):
			// Not in our cache although Go is content with it: nobody will ask.
		case err != nil:
			return nil, err
		default:
			files = append(files, file)
		}
	}
	return files, nil
}

// escape spells a module's path or version as caches and proxies do: they cannot tell capitals from small letters.
func escape(name string) string {
	var escaped strings.Builder
	for _, letter := range name {
		if unicode.IsUpper(letter) {
			escaped.WriteByte('!')
		}
		escaped.WriteRune(unicode.ToLower(letter))
	}
	return escaped.String()
}
