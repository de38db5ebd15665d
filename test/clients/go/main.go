// The checks of the AWS SDK for Go v2: `go run . <results> <bucket>` writes a line of JSON for each to the file. Nothing of the client is set but what any user
// sets by the environment. The bucket has the objects good/a.csv, bad/a and slow/a.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"
	"github.com/aws/smithy-go"
)

const role = "arn:aws:iam::000000000000:role/scoring"

type check struct {
	name string
	run  func(*client) error
}

var checks = []check{
	{"models_are_created_described_listed_and_deleted", modelsAreKept},
	{"the_waiter_sees_a_job_complete", theWaiterSeesAJobComplete},
	{"the_waiter_fails_with_a_job_that_fails", theWaiterFailsWithAJobThatFails},
	{"the_waiter_takes_a_stopped_job_for_a_success", theWaiterTakesAStoppedJobForASuccess},
	{"the_waiter_fails_at_once_with_a_job_that_is_not_there", theWaiterFailsWithoutAJob},
	{"a_name_of_a_job_that_is_taken_is_a_modelled_exception", aTakenNameIsModelled},
	{"jobs_are_listed_page_by_page", jobsAreListed},
	{"tags_are_kept", tagsAreKept},
}

func main() {
	results, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	defer results.Close()
	settings, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	lines := json.NewEncoder(results)
	for _, each := range checks {
		var problem *string
		if err := each.run(&client{sagemaker.NewFromConfig(settings), os.Args[2]}); err != nil {
			problem = aws.String(err.Error())
		}
		if err := lines.Encode(map[string]any{"check": each.name, "problem": problem}); err != nil {
			panic(err)
		}
	}
}

type client struct {
	*sagemaker.Client
	bucket string
}

var names int

func newName(stem string) string {
	names++
	return fmt.Sprintf("go-%s-%d", stem, names)
}

func (c *client) newModel() (string, error) {
	name := newName("model")
	_, err := c.CreateModel(context.Background(), &sagemaker.CreateModelInput{
		ModelName:        &name,
		ExecutionRoleArn: aws.String(role),
		PrimaryContainer: &types.ContainerDefinition{Image: aws.String("echo:1")},
	})
	return name, err
}

// newJob creates a job over the objects below a folder of the bucket, with its own model.
func (c *client) newJob(name string, folder string, tags ...types.Tag) (string, error) {
	model, err := c.newModel()
	if err != nil {
		return "", err
	}
	created, err := c.CreateTransformJob(context.Background(), &sagemaker.CreateTransformJobInput{
		TransformJobName: &name,
		ModelName:        &model,
		BatchStrategy:    types.BatchStrategySingleRecord,
		TransformInput: &types.TransformInput{
			DataSource: &types.TransformDataSource{S3DataSource: &types.TransformS3DataSource{
				S3DataType: types.S3DataTypeS3Prefix,
				S3Uri:      aws.String("s3://" + c.bucket + "/" + folder),
			}},
			ContentType: aws.String("text/csv"),
			SplitType:   types.SplitTypeLine,
		},
		TransformOutput: &types.TransformOutput{
			S3OutputPath: aws.String("s3://" + c.bucket + "/out/" + name),
			AssembleWith: types.AssemblyTypeLine,
		},
		TransformResources: &types.TransformResources{
			InstanceType:  types.TransformInstanceTypeMlM5Large,
			InstanceCount: aws.Int32(1),
		},
		Tags: tags,
	})
	if err != nil {
		return "", err
	}
	return *created.TransformJobArn, nil
}

func (c *client) describe(name string) (*sagemaker.DescribeTransformJobOutput, error) {
	return c.DescribeTransformJob(context.Background(), &sagemaker.DescribeTransformJobInput{TransformJobName: &name})
}

func (c *client) wait(name string) error {
	waiter := sagemaker.NewTransformJobCompletedOrStoppedWaiter(c, func(options *sagemaker.TransformJobCompletedOrStoppedWaiterOptions) {
		options.MinDelay, options.MaxDelay = 50*time.Millisecond, 200*time.Millisecond
	})
	return waiter.Wait(context.Background(), &sagemaker.DescribeTransformJobInput{TransformJobName: &name}, time.Minute)
}

func modelsAreKept(c *client) error {
	ctx := context.Background()
	name, err := c.newModel()
	if err != nil {
		return err
	}
	found, err := c.DescribeModel(ctx, &sagemaker.DescribeModelInput{ModelName: &name})
	if err != nil {
		return err
	}
	if !strings.HasSuffix(*found.ModelArn, ":model/"+name) || time.Since(*found.CreationTime) > time.Minute {
		return fmt.Errorf("it is described as %s of %s", *found.ModelArn, found.CreationTime)
	}
	listed, err := c.ListModels(ctx, &sagemaker.ListModelsInput{NameContains: &name})
	if err != nil {
		return err
	}
	if len(listed.Models) != 1 || *listed.Models[0].ModelName != name {
		return fmt.Errorf("%d models are listed", len(listed.Models))
	}
	if _, err := c.DeleteModel(ctx, &sagemaker.DeleteModelInput{ModelName: &name}); err != nil {
		return err
	}
	_, err = c.DescribeModel(ctx, &sagemaker.DescribeModelInput{ModelName: &name})
	return expectCode(err, "ValidationException")
}

func theWaiterSeesAJobComplete(c *client) error {
	name := newName("job")
	if _, err := c.newJob(name, "good/"); err != nil {
		return err
	}
	if err := c.wait(name); err != nil {
		return err
	}
	found, err := c.describe(name)
	if err != nil {
		return err
	}
	if found.TransformJobStatus != types.TransformJobStatusCompleted || found.TransformEndTime.Before(*found.TransformStartTime) {
		return fmt.Errorf("it is %s, from %s to %s", found.TransformJobStatus, found.TransformStartTime, found.TransformEndTime)
	}
	return nil
}

func theWaiterFailsWithAJobThatFails(c *client) error {
	name := newName("job")
	if _, err := c.newJob(name, "bad/"); err != nil {
		return err
	}
	if err := c.wait(name); err == nil {
		return errors.New("the waiter saw no failure")
	}
	found, err := c.describe(name)
	if err != nil {
		return err
	}
	if aws.ToString(found.FailureReason) != "ClientError: See job logs for more information" {
		return fmt.Errorf("it failed with %q", aws.ToString(found.FailureReason))
	}
	return nil
}

func theWaiterTakesAStoppedJobForASuccess(c *client) error {
	name := newName("job")
	if _, err := c.newJob(name, "slow/"); err != nil {
		return err
	}
	if _, err := c.StopTransformJob(context.Background(), &sagemaker.StopTransformJobInput{TransformJobName: &name}); err != nil {
		return err
	}
	if err := c.wait(name); err != nil {
		return err
	}
	_, err := c.StopTransformJob(context.Background(), &sagemaker.StopTransformJobInput{TransformJobName: &name})
	return expectCode(err, "ValidationException")
}

func theWaiterFailsWithoutAJob(c *client) error {
	begun := time.Now()
	if err := c.wait("nope"); err == nil || time.Since(begun) > 20*time.Second {
		return fmt.Errorf("the waiter ended after %s with %v", time.Since(begun), err)
	}
	_, err := c.describe("nope")
	return expectCode(err, "ValidationException")
}

func aTakenNameIsModelled(c *client) error {
	name := newName("job")
	if _, err := c.newJob(name, "good/"); err != nil {
		return err
	}
	_, err := c.newJob(name, "good/")
	var taken *types.ResourceInUse
	if !errors.As(err, &taken) || !strings.Contains(taken.ErrorMessage(), name) {
		return fmt.Errorf("the second answered %v", err)
	}
	return nil
}

func jobsAreListed(c *client) error {
	stem := newName("listed")
	for _, suffix := range []string{"-a", "-b", "-c"} {
		if _, err := c.newJob(stem+suffix, "good/"); err != nil {
			return err
		}
	}
	pages := sagemaker.NewListTransformJobsPaginator(c, &sagemaker.ListTransformJobsInput{
		NameContains: &stem,
		MaxResults:   aws.Int32(2),
		SortBy:       types.SortByName,
		SortOrder:    types.SortOrderAscending,
	})
	var found []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			return err
		}
		for _, job := range page.TransformJobSummaries {
			found = append(found, *job.TransformJobName)
		}
	}
	if wanted := []string{stem + "-a", stem + "-b", stem + "-c"}; !reflect.DeepEqual(found, wanted) {
		return fmt.Errorf("%v are listed", found)
	}
	return nil
}

func tagsAreKept(c *client) error {
	ctx := context.Background()
	arn, err := c.newJob(newName("job"), "good/", types.Tag{Key: aws.String("a"), Value: aws.String("1")})
	if err != nil {
		return err
	}
	added := []types.Tag{{Key: aws.String("b"), Value: aws.String("2")}}
	if _, err := c.AddTags(ctx, &sagemaker.AddTagsInput{ResourceArn: &arn, Tags: added}); err != nil {
		return err
	}
	if _, err := c.DeleteTags(ctx, &sagemaker.DeleteTagsInput{ResourceArn: &arn, TagKeys: []string{"a"}}); err != nil {
		return err
	}
	left, err := c.ListTags(ctx, &sagemaker.ListTagsInput{ResourceArn: &arn})
	if err != nil {
		return err
	}
	if len(left.Tags) != 1 || *left.Tags[0].Key != "b" || *left.Tags[0].Value != "2" {
		return fmt.Errorf("%d tags are left", len(left.Tags))
	}
	return nil
}

func expectCode(err error, code string) error {
	var answer smithy.APIError
	if !errors.As(err, &answer) || answer.ErrorCode() != code {
		return fmt.Errorf("it answered %v", err)
	}
	return nil
}
