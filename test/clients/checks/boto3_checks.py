import boto3
from botocore.exceptions import ClientError, WaiterError
from harness import ROLE, check, eventually, keys, main, new_bucket, new_name, raises, read

client = boto3.client("sagemaker")
QUICK = {"Delay": 1, "MaxAttempts": 30}


def new_model():
    name = new_name("model")
    client.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "echo:1"})
    return name


def new_job(bucket, model=None, **changes):
    name = new_name("job")
    client.create_transform_job(
        **{
            "TransformJobName": name,
            "ModelName": model or new_model(),
            "BatchStrategy": "SingleRecord",
            "TransformInput": {
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/in/"}},
                "ContentType": "text/csv",
                "SplitType": "Line",
            },
            "TransformOutput": {"S3OutputPath": f"s3://{bucket}/out", "AssembleWith": "Line"},
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
            **changes,
        }
    )
    return name


def wait(name):
    client.get_waiter("transform_job_completed_or_stopped").wait(TransformJobName=name, WaiterConfig=QUICK)


@check
def models_are_created_described_listed_and_deleted():
    name = new_model()
    found = client.describe_model(ModelName=name)
    assert found["ModelArn"].endswith(f":model/{name}"), found
    assert found["CreationTime"].tzinfo is not None
    pages = client.get_paginator("list_models").paginate(NameContains=name)
    assert [model["ModelName"] for page in pages for model in page["Models"]] == [name]
    client.delete_model(ModelName=name)
    error = raises(ClientError, lambda: client.describe_model(ModelName=name))
    assert error.response["Error"]["Code"] == "ValidationException", error


@check
def the_waiter_sees_a_job_complete():
    bucket = new_bucket()
    name = new_job(bucket)
    wait(name)
    found = client.describe_transform_job(TransformJobName=name)
    assert found["TransformJobStatus"] == "Completed", found
    assert found["CreationTime"] <= found["TransformStartTime"] <= found["TransformEndTime"], found
    assert read(bucket, "out/a.csv.out") == "1,2\n3,4\n"


@check
def the_waiter_fails_with_a_job_that_fails():
    name = new_job(new_bucket({"a": "bad\n"}))
    error = raises(WaiterError, lambda: wait(name))
    assert 'we matched expected path: "Failed"' in str(error), error
    assert error.last_response["FailureReason"] == "ClientError: See job logs for more information"


@check
def the_waiter_takes_a_stopped_job_for_a_success():
    name = new_job(new_bucket({"a": "slow\n"}))
    client.stop_transform_job(TransformJobName=name)
    assert client.describe_transform_job(TransformJobName=name)["TransformJobStatus"] == "Stopping"
    wait(name)
    assert client.describe_transform_job(TransformJobName=name)["TransformJobStatus"] == "Stopped"


@check
def the_waiter_fails_at_once_with_a_job_that_is_not_there():
    error = raises(WaiterError, lambda: wait("nope"))
    assert "ValidationException" in str(error), error


@check
def a_name_of_a_job_that_is_taken_is_a_modelled_exception():
    bucket = new_bucket()
    name = new_job(bucket)
    error = raises(client.exceptions.ResourceInUse, lambda: new_job(bucket, TransformJobName=name))
    assert name in error.response["Error"]["Message"], error.response
    assert name in error.response["Message"], error.response


@check
def an_error_says_what_is_wrong():
    error = raises(ClientError, lambda: new_job(new_bucket(), MaxPayloadInMB=101))
    assert str(error) == (
        "An error occurred (ValidationException) when calling the CreateTransformJob operation: 1 validation error detected: "
        "Value '101' at 'maxPayloadInMB' failed to satisfy constraint: Member must have value less than or equal to 100"
    ), error


@check
def what_is_not_emulated_says_so():
    work = lambda: client.create_endpoint(EndpointName="e", EndpointConfigName="c")  # noqa: E731
    assert raises(ClientError, work).response["Error"]["Code"] == "NotEmulated"


@check
def jobs_are_listed_page_by_page():
    bucket, model = new_bucket(), new_model()
    names = [new_job(bucket, model) for _ in range(3)]
    for name in names:
        wait(name)
    pages = client.get_paginator("list_transform_jobs").paginate(PaginationConfig={"PageSize": 2})
    listed = [job["TransformJobName"] for page in pages for job in page["TransformJobSummaries"]]
    assert listed[:3] == names[::-1], listed


@check
def tags_are_kept():
    arn = client.describe_transform_job(TransformJobName=new_job(new_bucket(), Tags=[{"Key": "a", "Value": "1"}]))[
        "TransformJobArn"
    ]
    client.add_tags(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
    client.delete_tags(ResourceArn=arn, TagKeys=["a"])
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]


@check
def a_job_is_stopped_half_way():
    bucket = new_bucket({"a": "1\n", "b": "slow\n"})
    name = new_job(bucket)
    eventually(lambda: keys(bucket, "out/") == ["out/a.out"])
    client.stop_transform_job(TransformJobName=name)
    wait(name)
    assert keys(bucket, "out/") == []


main()
