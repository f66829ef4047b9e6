package tests

import (
	"os"
	"testing"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
)

// exampleOf is the one object of a kind in an example.
func exampleOf[T any](t *testing.T, file, kind string) *T {
	t.Helper()
	content, err := os.ReadFile(chart + "/examples/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var found *T
	for _, o := range parse(t, string(content)) {
		if typed := strictly(t, o); o.Kind == kind {
			found, _ = typed.(*T)
		}
	}
	if found == nil {
		t.Fatalf("%s has no %s", file, kind)
	}
	return found
}

func TestTheExamplesThatCheckAListRunAsAJob(t *testing.T) {
	list := exampleOf[core.ConfigMap](t, "check-job.yaml", "ConfigMap")
	cron := exampleOf[batch.CronJob](t, "check-cronjob.yaml", "CronJob")
	for name, job := range map[string]batch.JobSpec{
		"check-job.yaml":     exampleOf[batch.Job](t, "check-job.yaml", "Job").Spec,
		"check-cronjob.yaml": cron.Spec.JobTemplate.Spec,
	} {
		pod := job.Template.Spec
		restrictedPod(t, name, pod)
		// What is invalid is no fault of the run: it must not be tried again.
		if job.BackoffLimit == nil || *job.BackoffLimit != 0 || pod.RestartPolicy != core.RestartPolicyNever {
			t.Errorf("%s: an invalid link has the list checked again", name)
		}
		volume := pod.Volumes[0]
		if volume.ConfigMap == nil || volume.ConfigMap.Name != list.Name {
			t.Errorf("%s: its volume is %+v, and the list is in %s", name, volume, list.Name)
		}
		mounted := pod.Containers[0].VolumeMounts[0]
		args := pod.Containers[0].Args
		if last := args[len(args)-1]; list.Data["links.txt"] == "" || mounted.Name != volume.Name || last != mounted.MountPath+"/links.txt" {
			t.Errorf("%s: it reads %s, and the list is in %s", name, last, mounted.MountPath)
		}
	}
}
