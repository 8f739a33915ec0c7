require "json"

package = JSON.parse(File.read(File.join(__dir__, "package.json")))

Pod::Spec.new do |s|
  s.name     = "S3BgUploader"
  s.version  = package["version"]
  s.summary  = package["description"]
  s.homepage = package["homepage"]
  s.license  = package["license"]
  s.authors  = "the s3-bg-uploader authors"
  # Required, but autolinking builds the pod from the folder that npm installed.
  s.source   = { :http => s.homepage }

  s.platforms = { :ios => min_ios_version_supported }
  s.frameworks = "BackgroundTasks", "Network", "UIKit"
  s.source_files = "ios/**/*.{h,c,m,mm}"
  # The rest is not for apps, and some of it is not for Swift.
  s.public_header_files = "ios/S3BgUploaderBackground.h"
  s.private_header_files = "ios/{queue,system,module}/*.h"
  s.resource_bundles = { "S3BgUploaderPrivacy" => "ios/PrivacyInfo.xcprivacy" }
  # So that an AppDelegate.swift can import it.
  s.pod_target_xcconfig = { "DEFINES_MODULE" => "YES" }

  install_modules_dependencies(s)
end
