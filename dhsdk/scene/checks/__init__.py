"""The rules behind dhsdk.scene.check, one file for each subject."""
