"""What is offered: engines, models and recipes; how a request becomes a job with a plan."""
