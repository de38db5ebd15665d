import logging

import boto3
from harness import ROLE, check, keys, main, new_bucket, new_name, raises, read
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.resources import Model, TransformJob
from sagemaker.core.shapes import ContainerDefinition
from sagemaker.core.transformer import Transformer
from sagemaker.core.utils.exceptions import FailedStatusError

logging.disable(logging.CRITICAL)


def session(bucket):
    return Session(boto_session=boto3.Session(), default_bucket=bucket)


def transformer(bucket, **changes):
    name = new_name("model")
    Model.create(name, execution_role_arn=ROLE, primary_container=ContainerDefinition(image="echo:1"))
    settings = {"output_path": f"s3://{bucket}/out", "strategy": "SingleRecord", "assemble_with": "Line"}
    return Transformer(name, 1, "ml.m5.large", sagemaker_session=session(bucket), **{**settings, "accept": "text/csv", **changes})


def run(target, bucket, **changes):
    settings = {"content_type": "text/csv", "split_type": "Line", "wait": True, "logs": False}
    target.transform(f"s3://{bucket}/in/", **{**settings, **changes})
    return target


def job_of(target):
    return TransformJob.get(target.latest_transform_job.transform_job_name)


@check
def a_transformer_waits_for_its_job():
    bucket = new_bucket()
    target = run(transformer(bucket), bucket)
    assert read(bucket, "out/a.csv.out") == "1,2\n3,4\n"
    assert job_of(target).transform_job_status == "Completed"


@check
def a_transformer_shows_the_log_as_it_does_by_default():
    bucket = new_bucket()
    run(transformer(bucket), bucket, logs=True)
    assert keys(bucket, "out/") == ["out/a.csv.out"]


@check
def a_transformer_filters_and_joins():
    bucket = new_bucket({"a.csv": "7,1,2\n8,3,4\n"})
    filters = {"input_filter": "$[1:]", "join_source": "Input", "output_filter": "$[0,-1]"}
    run(transformer(bucket), bucket, **filters)
    assert read(bucket, "out/a.csv.out") == "7,2\n8,4\n"


@check
def a_job_that_fails_raises_its_reason():
    bucket = new_bucket({"a.csv": "bad\n"})
    target = run(transformer(bucket), bucket, wait=False)
    error = raises(FailedStatusError, lambda: job_of(target).wait(poll=1))
    assert "ClientError: See job logs for more information" in str(error), error


@check
def a_transformer_stops_its_job():
    bucket = new_bucket({"a.csv": "slow\n"})
    target = run(transformer(bucket), bucket, wait=False)
    target.stop_transform_job(wait=True)
    assert job_of(target).transform_job_status == "Stopped"


@check
def a_transformer_is_attached_to_a_job():
    bucket = new_bucket()
    target = run(transformer(bucket), bucket, wait=False)
    attached = Transformer.attach(target.latest_transform_job.transform_job_name, sagemaker_session=session(bucket))
    assert (attached.output_path, attached.strategy) == (f"s3://{bucket}/out", "SingleRecord")


@check
def jobs_are_listed():
    bucket = new_bucket()
    names = [run(transformer(bucket), bucket, wait=False).latest_transform_job.transform_job_name for _ in range(2)]
    assert [job.transform_job_name for job in TransformJob.get_all()][:2] == names[::-1]


main()
