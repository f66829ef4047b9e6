//go:build openfaas

package baseimage

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/docker"
	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/process"
)

// madeHere is the label of every image made here, and so of those built from them.
const madeHere = "linkwell.stand-in"

// image is an image of one layer, made from files instead of a Dockerfile.
type image struct {
	name, architecture string
	// environment is NAME=value; user and folder are where its programs start.
	environment  []string
	user, folder string
	// fill writes its files, the same ones each time.
	fill func(ctx context.Context, files *archive) error
}

// load gives docker the image, unless it is there already, in place of what was made here before under its name. It fails,
// and leaves docker as it was, if there is an image of that name from elsewhere.
func (i image) load(ctx context.Context) error {
	// Docker wants to know a layer before it comes, so it is written twice: it is too large to keep.
	hash, size := sha256.New(), new(counter)
	if err := writeArchive(ctx, io.MultiWriter(hash, size), i.fill); err != nil {
		return fmt.Errorf("make %s: %w", i.name, err)
	}
	config := i.config(fmt.Sprintf("sha256:%x", hash.Sum(nil)))
	// An image's id is the hash of its configuration, which has the hash of its layer in it.
	found, err := docker.Run(ctx, "image", "ls", "--no-trunc", "--quiet", "--filter", "reference="+i.name)
	if err != nil || found == fmt.Sprintf("sha256:%x", sha256.Sum256(config)) {
		return err
	}
	ours, err := docker.Run(ctx, "image", "ls", "--no-trunc", "--quiet", "--filter", "reference="+i.name, "--filter", "label="+madeHere)
	if err != nil {
		return err
	}
	if found != ours {
		return fmt.Errorf("docker has a %s that was not made here; tests need a docker daemon of their own", i.name)
	}
	return i.stream(ctx, config, int64(*size))
}

// config is what docker keeps about the image.
func (i image) config(layer string) []byte {
	return mustEncode(map[string]any{
		"architecture": i.architecture,
		"os":           "linux",
		"config": map[string]any{
			"Env":        i.environment,
			"User":       i.user,
			"WorkingDir": i.folder,
			"Labels":     map[string]string{madeHere: "true"},
		},
		"rootfs":  map[string]any{"type": "layers", "diff_ids": []string{layer}},
		"history": []map[string]string{{"created_by": "linkwell's openfaastest"}},
	})
}

// stream hands the image over as docker save would write it.
func (i image) stream(ctx context.Context, config []byte, layerSize int64) error {
	reader, writer := io.Pipe()
	written := make(chan struct{})
	go func() {
		defer close(written)
		writer.CloseWithError(i.write(ctx, writer, config, layerSize))
	}()
	load := docker.Command(ctx, "load")
	load.Stdin = reader
	_, err := process.Output(load)
	// Docker may have ended before it read everything.
	_ = reader.Close()
	<-written
	if err != nil {
		return fmt.Errorf("load %s: %w", i.name, err)
	}
	return nil
}

// write writes the configuration, the layer and a manifest that says which is which.
func (i image) write(ctx context.Context, w io.Writer, config []byte, layerSize int64) error {
	saved := &archive{tar.NewWriter(w)}
	manifest := mustEncode([]map[string]any{{"Config": "config.json", "RepoTags": []string{i.name}, "Layers": []string{"layer.tar"}}})
	if err := errors.Join(saved.text("config.json", string(config)), saved.text("manifest.json", string(manifest))); err != nil {
		return err
	}
	if err := saved.header("layer.tar", 0o644, layerSize); err != nil {
		return err
	}
	return errors.Join(writeArchive(ctx, saved.stream, i.fill), saved.stream.Close())
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func mustEncode(v any) []byte {
	encoded, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encode an image's configuration: %v", err)) // maps of strings always encode
	}
	return encoded
}
