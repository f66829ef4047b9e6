//go:build openfaas

package registry

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/docker"
	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/gocommand"
)

// PushProgram builds the Go program in the folder source and pushes an image of it alone, for the user that distroless
// images have, to the registry at address: a function without a watchdog. It returns the image's whole name; docker keeps no
// image of that name.
func PushProgram(ctx context.Context, address, name, source string) (image string, err error) {
	image = address + "/" + name
	folder, err := os.MkdirTemp("", "linkwell-program-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	program, layer := filepath.Join(folder, "function"), filepath.Join(folder, "layer.tar")
	if _, err := gocommand.Run(ctx, source, "build", "-tags", "openfaas", "-o", program, "."); err != nil {
		return "", err
	}
	if err := writeLayer(layer, program); err != nil {
		return "", fmt.Errorf("make an image of %s: %w", source, err)
	}
	for _, arguments := range [][]string{
		{"import", "--change", `CMD ["/function"]`, "--change", "USER 65532:65532", layer, image},
		{"push", "--quiet", image},
		{"image", "rm", image},
	} {
		if _, err := docker.Run(ctx, arguments...); err != nil {
			return "", err
		}
	}
	return image, nil
}

// writeLayer writes all the files of an image: the program as /function, and a /tmp.
func writeLayer(path, program string) error {
	code, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(file)
	_ = archive.WriteHeader(&tar.Header{Name: "function", Mode: 0o755, Size: int64(len(code))})
	_, _ = archive.Write(code)
	_ = archive.WriteHeader(&tar.Header{Name: "tmp/", Typeflag: tar.TypeDir, Mode: 0o1777})
	return errors.Join(archive.Close(), file.Close()) // the archive remembers what failed before
}
