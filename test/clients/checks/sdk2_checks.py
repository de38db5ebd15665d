import logging

import boto3
import sagemaker
from harness import ROLE, check, eventually, keys, main, new_bucket, new_name, raises, read
from sagemaker.exceptions import UnexpectedStatusException
from sagemaker.model import Model
from sagemaker.transformer import Transformer

logging.disable(logging.CRITICAL)


def session(bucket):
    return sagemaker.Session(boto_session=boto3.Session(), default_bucket=bucket)


def transformer(bucket, **changes):
    model = Model(image_uri="echo:1", role=ROLE, sagemaker_session=session(bucket), name=new_name("model"))
    settings = {"output_path": f"s3://{bucket}/out", "strategy": "SingleRecord", "assemble_with": "Line"}
    return model.transformer(1, "ml.m5.large", **{**settings, "accept": "text/csv", **changes})


def run(target, bucket, **changes):
    settings = {"content_type": "text/csv", "split_type": "Line", "wait": True, "logs": False}
    target.transform(f"s3://{bucket}/in/", **{**settings, **changes})
    return target


@check
def a_transformer_waits_for_its_job():
    bucket = new_bucket()
    run(transformer(bucket), bucket)
    assert read(bucket, "out/a.csv.out") == "1,2\n3,4\n"


@check
def a_transformer_shows_the_log_as_it_does_by_default():
    bucket = new_bucket()
    run(transformer(bucket, max_payload=1, max_concurrent_transforms=2), bucket, logs=True)
    assert keys(bucket, "out/") == ["out/a.csv.out"]


@check
def a_transformer_filters_and_joins():
    bucket = new_bucket({"a.csv": "7,1,2\n8,3,4\n"})
    filters = {"input_filter": "$[1:]", "join_source": "Input", "output_filter": "$[0,-1]"}
    run(transformer(bucket), bucket, **filters)
    assert read(bucket, "out/a.csv.out") == "7,2\n8,4\n"


@check
def a_transformer_writes_below_the_default_bucket():
    bucket = new_bucket()
    target = run(transformer(bucket, output_path=None), bucket)
    assert keys(bucket, target.latest_transform_job.name) == [f"{target.latest_transform_job.name}/a.csv.out"]


@check
def a_transformer_raises_what_a_job_fails_with():
    bucket = new_bucket({"a.csv": "bad\n"})
    error = raises(UnexpectedStatusException, lambda: run(transformer(bucket), bucket))
    assert "ClientError: See job logs for more information" in str(error), error


@check
def a_transformer_stops_its_job_once_or_twice():
    bucket = new_bucket({"a.csv": "slow\n"})
    target = run(transformer(bucket), bucket, wait=False)
    client, name = boto3.client("sagemaker"), target.latest_transform_job.name
    # Waiting is not left to the SDK, which looks every half minute here.
    target.stop_transform_job(wait=False)
    eventually(lambda: client.describe_transform_job(TransformJobName=name)["TransformJobStatus"] == "Stopped")
    target.stop_transform_job(wait=False)


@check
def a_transformer_is_attached_to_a_job():
    bucket = new_bucket()
    target = run(transformer(bucket, max_payload=2), bucket, wait=False)
    attached = Transformer.attach(target.latest_transform_job.name, sagemaker_session=session(bucket))
    assert attached.output_path == f"s3://{bucket}/out", attached.output_path
    assert (attached.max_payload, attached.strategy) == (2, "SingleRecord"), (attached.max_payload, attached.strategy)


@check
def a_transformer_deletes_its_model():
    bucket = new_bucket()
    target = run(transformer(bucket), bucket, wait=False)
    target.delete_model()
    assert boto3.client("sagemaker").list_models(NameContains=target.model_name)["Models"] == []


main()
